Attribute VB_Name = "DK_Functions"
#Const App = "Microsoft Excel"
Function DK_CHECK(table, Optional kind, Optional received_on, Optional first_row)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_CHECK = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_CHECK", Array(table, kind, received_on, first_row), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_CHECK = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_CHECK", Array(table, kind, received_on, first_row))
        Exit Function
    #End If
failed:
    DK_CHECK = Err.Description
End Function

Function DK_CLAUSE(clause, Optional as_of)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_CLAUSE = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_CLAUSE", Array(clause, as_of), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_CLAUSE = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_CLAUSE", Array(clause, as_of))
        Exit Function
    #End If
failed:
    DK_CLAUSE = Err.Description
End Function

Function DK_COMPLETION(unit, period)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_COMPLETION = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_COMPLETION", Array(unit, period), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_COMPLETION = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_COMPLETION", Array(unit, period))
        Exit Function
    #End If
failed:
    DK_COMPLETION = Err.Description
End Function

Function DK_COMPLETION_REWARD(valid, target, Optional as_of)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_COMPLETION_REWARD = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_COMPLETION_REWARD", Array(valid, target, as_of), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_COMPLETION_REWARD = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_COMPLETION_REWARD", Array(valid, target, as_of))
        Exit Function
    #End If
failed:
    DK_COMPLETION_REWARD = Err.Description
End Function

Function DK_CONVERSION(ref, period)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_CONVERSION = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_CONVERSION", Array(ref, period), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_CONVERSION = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_CONVERSION", Array(ref, period))
        Exit Function
    #End If
failed:
    DK_CONVERSION = Err.Description
End Function

Function DK_DUE(lead_number)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_DUE = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_DUE", Array(lead_number), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_DUE = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_DUE", Array(lead_number))
        Exit Function
    #End If
failed:
    DK_DUE = Err.Description
End Function

Function DK_DUEBY(handed_on)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_DUEBY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_DUEBY", Array(handed_on), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_DUEBY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_DUEBY", Array(handed_on))
        Exit Function
    #End If
failed:
    DK_DUEBY = Err.Description
End Function

Function DK_EDITION(as_of)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_EDITION = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_EDITION", Array(as_of), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_EDITION = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_EDITION", Array(as_of))
        Exit Function
    #End If
failed:
    DK_EDITION = Err.Description
End Function

Function DK_EXPIRY(lead_number)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_EXPIRY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_EXPIRY", Array(lead_number), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_EXPIRY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_EXPIRY", Array(lead_number))
        Exit Function
    #End If
failed:
    DK_EXPIRY = Err.Description
End Function

Function DK_FREE(customers, categories, provinces, cities)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_FREE = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_FREE", Array(customers, categories, provinces, cities), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_FREE = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_FREE", Array(customers, categories, provinces, cities))
        Exit Function
    #End If
failed:
    DK_FREE = Err.Description
End Function

Function DK_GRADE(sales, Optional company_total, Optional a_share, Optional b_share)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_GRADE = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_GRADE", Array(sales, company_total, a_share, b_share), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_GRADE = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_GRADE", Array(sales, company_total, a_share, b_share))
        Exit Function
    #End If
failed:
    DK_GRADE = Err.Description
End Function

Function DK_ISWORKDAY(day_value)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_ISWORKDAY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_ISWORKDAY", Array(day_value), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_ISWORKDAY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_ISWORKDAY", Array(day_value))
        Exit Function
    #End If
failed:
    DK_ISWORKDAY = Err.Description
End Function

Function DK_LEAD(lead_number, item)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_LEAD = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_LEAD", Array(lead_number, item), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_LEAD = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_LEAD", Array(lead_number, item))
        Exit Function
    #End If
failed:
    DK_LEAD = Err.Description
End Function

Function DK_MISSING(ref, quarter)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_MISSING = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_MISSING", Array(ref, quarter), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_MISSING = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_MISSING", Array(ref, quarter))
        Exit Function
    #End If
failed:
    DK_MISSING = Err.Description
End Function

Function DK_MISSING_LEADS(valid, target, Optional as_of)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_MISSING_LEADS = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_MISSING_LEADS", Array(valid, target, as_of), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_MISSING_LEADS = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_MISSING_LEADS", Array(valid, target, as_of))
        Exit Function
    #End If
failed:
    DK_MISSING_LEADS = Err.Description
End Function

Function DK_MISSING_PICKUPS(quantity, picked_up, Optional kind, Optional as_of)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_MISSING_PICKUPS = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_MISSING_PICKUPS", Array(quantity, picked_up, kind, as_of), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_MISSING_PICKUPS = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_MISSING_PICKUPS", Array(quantity, picked_up, kind, as_of))
        Exit Function
    #End If
failed:
    DK_MISSING_PICKUPS = Err.Description
End Function

Function DK_NAME(customers)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_NAME = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_NAME", Array(customers), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_NAME = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_NAME", Array(customers))
        Exit Function
    #End If
failed:
    DK_NAME = Err.Description
End Function

Function DK_PARAM(parameter, Optional as_of)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_PARAM = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_PARAM", Array(parameter, as_of), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_PARAM = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_PARAM", Array(parameter, as_of))
        Exit Function
    #End If
failed:
    DK_PARAM = Err.Description
End Function

Function DK_PENALTY(party, quarter, Optional clause, Optional trial)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_PENALTY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_PENALTY", Array(party, quarter, clause, trial), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_PENALTY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_PENALTY", Array(party, quarter, clause, trial))
        Exit Function
    #End If
failed:
    DK_PENALTY = Err.Description
End Function

Function DK_PROVISIONAL(day_value)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_PROVISIONAL = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_PROVISIONAL", Array(day_value), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_PROVISIONAL = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_PROVISIONAL", Array(day_value))
        Exit Function
    #End If
failed:
    DK_PROVISIONAL = Err.Description
End Function

Function DK_READING(reading, Optional as_of)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_READING = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_READING", Array(reading, as_of), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_READING = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_READING", Array(reading, as_of))
        Exit Function
    #End If
failed:
    DK_READING = Err.Description
End Function

Function DK_REWARD(unit, quarter, Optional clause, Optional trial)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_REWARD = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_REWARD", Array(unit, quarter, clause, trial), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_REWARD = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_REWARD", Array(unit, quarter, clause, trial))
        Exit Function
    #End If
failed:
    DK_REWARD = Err.Description
End Function

Function DK_STATUS(lead_number)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_STATUS = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_STATUS", Array(lead_number), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_STATUS = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_STATUS", Array(lead_number))
        Exit Function
    #End If
failed:
    DK_STATUS = Err.Description
End Function

Function DK_TARGET(unit, period)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_TARGET = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_TARGET", Array(unit, period), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_TARGET = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_TARGET", Array(unit, period))
        Exit Function
    #End If
failed:
    DK_TARGET = Err.Description
End Function

Function DK_VALID(unit, period)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_VALID = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_VALID", Array(unit, period), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_VALID = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_VALID", Array(unit, period))
        Exit Function
    #End If
failed:
    DK_VALID = Err.Description
End Function

Function DK_WORKDAY(day_value, days)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_WORKDAY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_WORKDAY", Array(day_value, days), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_WORKDAY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_WORKDAY", Array(day_value, days))
        Exit Function
    #End If
failed:
    DK_WORKDAY = Err.Description
End Function

Function DK_WORKDAYS(first_day, last_day)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_WORKDAYS = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_WORKDAYS", Array(first_day, last_day), ActiveWorkbook, Application.Caller)
        Exit Function
    #Else
        DK_WORKDAYS = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_WORKDAYS", Array(first_day, last_day))
        Exit Function
    #End If
failed:
    DK_WORKDAYS = Err.Description
End Function

